-- T1 社工人才 and T2 持证人才, by DOMAIN "Counting definitions".
state_then AS (
    SELECT DISTINCT ON (person_id) person_id, status, residence_id
    FROM talent_personstate
    WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
    ORDER BY person_id, valid_from DESC
),
post_then AS (
    SELECT DISTINCT ON (person_id) person_id, region_id, employment
    FROM talent_post
    WHERE is_primary
      AND started_on <= %(day)s AND (ended_on IS NULL OR ended_on > %(day)s)
    ORDER BY person_id, started_on DESC, id DESC
),
former AS (
    SELECT model, object_id, value
    FROM core_formervalue
    WHERE "column" = 'verification'
      AND (since IS NULL OR since <= %(day)s) AND until > %(day)s
),
certificate AS (
    SELECT held.person_id,
           bool_or(held.level IN ('2', '3')) AS is_middle,
           bool_or(held.level = '3') AS is_senior,
           bool_or(held.verified >= '3') AS is_checked
    FROM (
        SELECT row.person_id, row.level, coalesce(former.value, row.verification) AS verified
        FROM talent_certificate AS row
        LEFT JOIN former ON former.model = 'talent.certificate' AND former.object_id = row.id
        WHERE row.level IN ('1', '2', '3') AND row.approved_on <= %(day)s
          AND (row.ended_on IS NULL OR row.true_until > %(day)s)
    ) AS held
    WHERE held.verified >= '2'
    GROUP BY held.person_id
),
education AS (
    SELECT person_id,
           bool_or(level IN ('11', '14', '21', '31')) AS is_higher,
           bool_or(major ~ '社会工作|社会学|心理学|社会保障|社区管理|青少年工作|司法矫治|民政管理')
               AS is_related
    FROM talent_education
    WHERE (graduated_on IS NULL OR graduated_on <= %(day)s)
      AND (ended_on IS NULL OR true_until > %(day)s)
    GROUP BY person_id
),
title AS (
    SELECT DISTINCT person_id
    FROM talent_title
    WHERE level IN ('1', '2', '3') AND (obtained_on IS NULL OR obtained_on <= %(day)s)
      AND (ended_on IS NULL OR true_until > %(day)s)
),
registration AS (
    SELECT DISTINCT person_id
    FROM talent_registrationperiod
    WHERE starts_on <= %(day)s AND ends_on >= %(day)s
      AND state IN ('6', '7', '8', '10', '11')
      AND (ended_on IS NULL OR true_until > %(day)s)
),
person AS (
    SELECT coalesce(post_then.region_id, state_then.residence_id) AS place,
           coalesce(state_then.status IN ('10', '20', '80'), false) AS registered,
           coalesce(former.value, row.verification) >= '2' AS verified,
           coalesce(state_then.status IN ('10', '20', '80', '40')
                    AND post_then.employment NOT IN ('7', '8'), false) AS employed,
           coalesce(education.is_higher, false) OR title.person_id IS NOT NULL AS educated,
           coalesce(education.is_related, false) AS related,
           certificate.person_id IS NOT NULL AS certified,
           coalesce(certificate.is_middle, false) AS is_middle,
           coalesce(certificate.is_senior, false) AS is_senior,
           coalesce(certificate.is_checked, false) AS is_checked,
           registration.person_id IS NOT NULL AS is_registered,
           left(row.category, 1) AS category,
           coalesce(row.confirmed_on > %(day)s - interval '1 year' AND row.confirmed_on <= %(day)s, false)
               OR EXISTS (SELECT FROM unnest(row.confirmed_before) AS day
                          WHERE day > %(day)s - interval '1 year' AND day <= %(day)s) AS is_fresh,
           coalesce(row.confirmed_on <= %(day)s, false)
               OR EXISTS (SELECT FROM unnest(row.confirmed_before) AS day
                          WHERE day <= %(day)s) AS is_confirmed
    FROM talent_person AS row
    LEFT JOIN state_then ON state_then.person_id = row.id
    LEFT JOIN post_then ON post_then.person_id = row.id
    LEFT JOIN former ON former.model = 'talent.person' AND former.object_id = row.id
    LEFT JOIN certificate ON certificate.person_id = row.id
    LEFT JOIN education ON education.person_id = row.id
    LEFT JOIN title ON title.person_id = row.id
    LEFT JOIN registration ON registration.person_id = row.id
    WHERE NOT row.is_mistake
),
talent AS (
    SELECT * FROM person WHERE verified AND employed
),
certified AS (
    SELECT * FROM talent WHERE certified
),
found (figure, place, number) AS (
    SELECT 'T1_L0', place, 1 FROM person WHERE verified AND registered
    UNION ALL SELECT 'T1', place, 1 FROM talent
    UNION ALL SELECT 'T1_L1', place, 1 FROM talent
    UNION ALL SELECT 'T1_L2', place, 1 FROM talent WHERE educated OR certified
    UNION ALL SELECT 'T1_L3', place, 1 FROM talent
              WHERE (educated OR certified) AND (certified OR related)
    UNION ALL SELECT 'T1_L4', place, 1 FROM certified
    UNION ALL SELECT 'T1_PRACTICE', place, 1 FROM talent WHERE category = '1'
    UNION ALL SELECT 'T1_RESEARCH', place, 1 FROM talent WHERE category = '2'
    UNION ALL SELECT 'T1_MANAGEMENT', place, 1 FROM talent WHERE category = '3'
    UNION ALL SELECT 'T1_FRESH', place, 1 FROM talent WHERE is_fresh
    UNION ALL SELECT 'T1_FRESH!', place, 1 FROM person WHERE is_confirmed
    UNION ALL SELECT 'T1_FRESH?', place, 1 FROM talent
    UNION ALL SELECT 'T2', place, 1 FROM certified
    UNION ALL SELECT 'T2_ASSISTANT', place, 1 FROM certified WHERE NOT is_middle
    UNION ALL SELECT 'T2_MIDDLE', place, 1 FROM certified WHERE is_middle AND NOT is_senior
    UNION ALL SELECT 'T2_SENIOR', place, 1 FROM certified WHERE is_senior
    UNION ALL SELECT 'T2_CHECKED', place, 1 FROM certified WHERE is_checked
    UNION ALL SELECT 'T2_VALID', place, 1 FROM certified WHERE is_registered
    UNION ALL SELECT 'T2_OUTSIDE', place, 1 FROM person
              WHERE registered AND certified AND NOT (verified AND employed)
)
