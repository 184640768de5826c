"""What an opinion is about in an upper room: the key that its form's link named, as a section of a report."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0005_two_sides")]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="about",
            field=models.CharField(blank=True, db_index=True, default="", editable=False, max_length=80),
        ),
    ]
