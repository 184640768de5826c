"""The public copy of an answer; what was public before is its own copy."""

from django.db import migrations
from django.db.models import Max
import liengia.core.fields


def keep_what_is_public(apps, schema_editor):
    Answer, Event = apps.get_model("opinions", "Answer"), apps.get_model("opinions", "OpinionEvent")
    # Of an opinion that was opened again, an answer after the last publication has not been public.
    last = dict(Event.objects.filter(verb="published").values_list("opinion").annotate(last=Max("at")))
    for answer in Answer.objects.filter(opinion__in=last).iterator(chunk_size=200):
        if last[answer.opinion_id] is not None and answer.answered_at <= last[answer.opinion_id]:
            answer.public_text = answer.text
            answer.save(update_fields=["public_text"])


class Migration(migrations.Migration):
    dependencies = [("opinions", "0002_who_handles_officials")]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="public_text",
            field=liengia.core.fields.EncryptedTextField(blank=True, default="", help_text="Empty until it is published.", verbose_name="public copy of the answer"),
        ),
        migrations.RunPython(keep_what_is_public, migrations.RunPython.noop),
    ]
