-- Where a recorded code lies on the day: `stands` gives each code the division in force that it
-- stands for. An abolished one stands for its successor, one that did not exist yet for what it
-- came from, and where neither is known for the nearest division above it.
division AS (
    SELECT code::text, level, successor_id::text, valid_to,
           (valid_from IS NULL OR valid_from <= %(day)s)
           AND (valid_to IS NULL OR valid_to > %(day)s) AS in_force
    FROM core_region
),
origin (code, earlier) AS (
    SELECT successor_id, code FROM division WHERE successor_id IS NOT NULL
    UNION
    SELECT origin.code, division.code
    FROM origin
    JOIN division AS between_them ON between_them.code = origin.earlier
                                 AND NOT between_them.in_force
    JOIN division ON division.successor_id = between_them.code
),
came_from AS (
    SELECT origin.code,
           CASE WHEN count(DISTINCT origin.earlier) = 1 THEN min(origin.earlier)
                WHEN count(DISTINCT left(origin.earlier, 6)) = 1 THEN min(left(origin.earlier, 6))
                WHEN count(DISTINCT left(origin.earlier, 4)) = 1 THEN min(left(origin.earlier, 4))
           END AS earlier
    FROM origin
    JOIN division ON division.code = origin.earlier AND division.in_force
    GROUP BY origin.code
),
step AS (
    SELECT division.code, coalesce(
        CASE WHEN division.valid_to <= %(day)s THEN division.successor_id
             ELSE came_from.earlier END,
        (SELECT max(above.code) FROM division AS above
         WHERE above.code IN (left(division.code, 2), left(division.code, 4),
                              left(division.code, 6), left(division.code, 9))
           AND length(above.code) < length(division.code))
    ) AS next
    FROM division
    LEFT JOIN came_from ON came_from.code = division.code
    WHERE NOT division.in_force
),
walk (code, reached) AS (
    SELECT code, code FROM division
    UNION
    SELECT walk.code, step.next FROM walk JOIN step ON step.code = walk.reached
),
stands AS (
    SELECT walk.code, walk.reached AS stands_for
    FROM walk
    JOIN division ON division.code = walk.reached AND division.in_force
),
