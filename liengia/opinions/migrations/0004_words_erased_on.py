"""The day on which an opinion's words were erased: of what was moved out the words go earlier than the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0003_public_answers")]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="words_erased_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
    ]
