"""Who handles an opinion that concerns an officer: the chairman, the Fatherland Front, or either."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0001_opinions_and_forums")]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="officials_to",
            field=models.CharField(blank=True, choices=[("chairman", "the chairman of the commune"), ("front", "the Fatherland Front")], default="", help_text="Empty: either of the two.", max_length=10, verbose_name="who handles what concerns an officer"),
        ),
    ]
