"""Words to those whose opinions were joined: they do not read an answer that was written to somebody else."""

from django.db import migrations

import liengia.core.fields


class Migration(migrations.Migration):
    dependencies = [("opinions", "0008_task_of_a_question")]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="joined_text",
            field=liengia.core.fields.EncryptedTextField(blank=True, default="", verbose_name="words to those whose opinions were joined"),
        ),
    ]
