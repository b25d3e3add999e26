-- Figures of places, added up for every division in force that they lie in; what has no place
-- belongs to the province, and is told once more without an area (未定位).
, placed AS MATERIALIZED (
    SELECT figure, place::text, sum(number)::bigint AS number FROM found GROUP BY figure, place
),
lies AS MATERIALIZED (
    SELECT DISTINCT stands.code, division.code AS area
    FROM stands
    CROSS JOIN LATERAL unnest(ARRAY[%(province)s, left(stands_for, 4), left(stands_for, 6),
                                    stands_for]) AS above (code)
    JOIN division ON division.code = above.code AND division.in_force
)
SELECT figure, area, sum(number)::bigint
FROM (
    SELECT placed.figure, lies.area, placed.number
    FROM placed JOIN lies ON lies.code = placed.place
    UNION ALL
    SELECT figure, %(province)s, number FROM placed WHERE place IS NULL
) AS part
GROUP BY figure, area
UNION ALL
SELECT figure, NULL, number FROM placed WHERE place IS NULL
