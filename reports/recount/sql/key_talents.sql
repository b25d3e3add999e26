-- T3 新增重点人才: approved claims of 黔籍 people, qualified after the baseline.
plan AS (
    SELECT baseline_on, coalesce(document_on, baseline_on) AS document_on
    FROM reports_plan
    WHERE starts_on <= %(day)s
    ORDER BY starts_on DESC
    LIMIT 1
),
baseline AS (
    SELECT coalesce((SELECT baseline_on FROM plan), %(day)s) AS baseline_on,
           coalesce((SELECT document_on FROM plan), %(day)s) AS document_on
),
claim AS (
    SELECT person_id, claim_class, origin, qualified_on
    FROM talent_keytalentclaim
    WHERE state = '2' AND native_basis IN ('1', '2') AND qualified_on <= %(day)s
      AND (ended_on IS NULL OR true_until > %(day)s)
),
-- 中级 held by the baseline: 高级 afterwards is no new one.
held_before AS (
    SELECT DISTINCT person_id, by_document
    FROM talent_certificate
    CROSS JOIN (SELECT false AS by_document, baseline_on AS since FROM baseline
                UNION ALL SELECT true, document_on FROM baseline) AS reading
    WHERE level IN ('2', '3') AND approved_on <= since
      AND (ended_on IS NULL OR true_until > since)
),
claimed AS (
    SELECT claim.person_id,
           bool_or(is_new AND claim_class = 'A') AS a,
           bool_or(is_new AND claim_class = 'B') AS b,
           bool_or(is_new AND claim_class = 'C') AS c,
           bool_or(is_late) AS late,
           bool_or(origin = '2') AS introduced
    FROM claim
    CROSS JOIN baseline
    CROSS JOIN LATERAL (SELECT
        origin = '1' AND qualified_on > baseline_on AND NOT (claim_class = 'A' AND EXISTS (
            SELECT FROM held_before
            WHERE held_before.person_id = claim.person_id AND NOT by_document)) AS is_new,
        origin = '1' AND qualified_on > document_on AND NOT (claim_class = 'A' AND EXISTS (
            SELECT FROM held_before
            WHERE held_before.person_id = claim.person_id AND by_document)) AS is_late
    ) AS reading
    GROUP BY claim.person_id
),
state_then AS (
    SELECT DISTINCT ON (person_id) person_id, status, residence_id
    FROM talent_personstate
    WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
    ORDER BY person_id, valid_from DESC
),
post_then AS (
    SELECT DISTINCT ON (person_id) person_id, region_id
    FROM talent_post
    WHERE is_primary
      AND started_on <= %(day)s AND (ended_on IS NULL OR ended_on > %(day)s)
    ORDER BY person_id, started_on DESC, id DESC
),
last_post AS (
    SELECT DISTINCT ON (person_id) person_id, region_id
    FROM talent_post
    WHERE is_primary AND started_on <= %(day)s
      AND (ended_on IS NULL OR ended_on <> started_on)
    ORDER BY person_id, started_on DESC, id
),
talent AS (
    SELECT claimed.*, a OR b OR c AS is_new,
           coalesce(state_then.status IN ('10', '20', '80'), false) AS present,
           -- Who left or died stays where the last post was.
           coalesce(
               post_then.region_id,
               CASE WHEN state_then.status IN ('10', '20', '80') THEN state_then.residence_id END,
               last_post.region_id, state_then.residence_id, person.residence_id) AS place
    FROM claimed
    JOIN talent_person AS person ON person.id = claimed.person_id AND NOT person.is_mistake
    LEFT JOIN state_then ON state_then.person_id = person.id
    LEFT JOIN post_then ON post_then.person_id = person.id
    LEFT JOIN last_post ON last_post.person_id = person.id
    WHERE coalesce(state_then.status, '') NOT IN ('60', '70')
),
found (figure, place, number) AS (
    SELECT 'T3', place, 1 FROM talent WHERE is_new
    UNION ALL SELECT 'T3_A', place, 1 FROM talent WHERE a
    UNION ALL SELECT 'T3_B', place, 1 FROM talent WHERE b
    UNION ALL SELECT 'T3_C', place, 1 FROM talent WHERE c
    UNION ALL SELECT 'T3_OVERLAP', place, 1 FROM talent WHERE a::int + b::int + c::int > 1
    UNION ALL SELECT 'T3_PRESENT', place, 1 FROM talent WHERE is_new AND present
    UNION ALL SELECT 'T3_DOCUMENT', place, 1 FROM talent WHERE late
    UNION ALL SELECT 'T3_INTRODUCED', place, 1 FROM talent WHERE introduced AND NOT is_new
)
