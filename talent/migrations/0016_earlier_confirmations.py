from django.db import migrations

# What the history knows of confirmations before the latest.
_FILL = """
UPDATE talent_person AS p SET confirmed_before = e.days
  FROM (
    SELECT e.pgh_obj_id AS id, array_agg(DISTINCT e.confirmed_on ORDER BY e.confirmed_on) AS days
      FROM talent_personevent AS e JOIN talent_person AS now ON now.id = e.pgh_obj_id
     WHERE e.confirmed_on < now.confirmed_on
     GROUP BY e.pgh_obj_id
  ) AS e
 WHERE e.id = p.id
"""


class Migration(migrations.Migration):
    dependencies = [("talent", "0015_confirmations")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
