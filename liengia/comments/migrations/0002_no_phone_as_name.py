"""Comments of members without a name were kept under what they sign in with, most often their phone: they are a guest's now."""

from __future__ import annotations

from django.db import migrations


def forget_sign_in_names(apps, schema_editor):
    Comment = apps.get_model("comments", "Comment")
    for comment in Comment.objects.filter(user__full_name="").exclude(name="").select_related("user").iterator(chunk_size=500):
        if comment.name == comment.user.username:
            comment.name = ""
            comment.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_comments"), ("people", "0002_people")]

    operations = [migrations.RunPython(forget_sign_in_names, migrations.RunPython.noop)]
