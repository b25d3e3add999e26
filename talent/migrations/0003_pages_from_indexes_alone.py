from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("talent", "0002_contact_and_attempts")]

    operations = [
        migrations.RemoveIndex("person", "person_pinyin"),
        migrations.RemoveIndex("person", "person_county_pinyin"),
        migrations.RemoveIndex("person", "person_prefecture_pinyin"),
        migrations.RemoveIndex("certificate", "certificate_level_person"),
        migrations.AddIndex(
            "person",
            models.Index(fields=["pinyin", "id"], include=["status"], name="person_pinyin"),
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["county", "pinyin", "id"], include=["status"], name="person_county_pinyin"
            ),
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["prefecture", "pinyin", "id"],
                include=["status"],
                name="person_prefecture_pinyin",
            ),
        ),
        migrations.AddIndex(
            "certificate",
            models.Index(
                fields=["level", "person"],
                condition=models.Q(ended_on=None),
                name="certificate_level_person",
            ),
        ),
    ]
