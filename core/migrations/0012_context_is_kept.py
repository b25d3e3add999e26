"""Who wrote a version stands in pghistory_context, which is not ours to give a pgtrigger.

A request and a job add to their context while they last, so it is closed after a day.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION registry_context_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'Cannot % table %', lower(TG_OP), TG_TABLE_NAME;
    ELSIF OLD.created_at < now() - interval '1 day' OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'Cannot change old rows of %', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER context_is_kept BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION registry_context_is_kept();
CREATE TRIGGER context_never_emptied BEFORE TRUNCATE ON pghistory_context
    FOR EACH STATEMENT EXECUTE FUNCTION registry_context_is_kept();
"""
BACKWARDS = """
DROP TRIGGER context_never_emptied ON pghistory_context;
DROP TRIGGER context_is_kept ON pghistory_context;
DROP FUNCTION registry_context_is_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0011_never_emptied"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
