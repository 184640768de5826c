"""Threads, comments and reactions."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import liengia.core.clock
import liengia.core.fields
import liengia.core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0001_accounts"), ("units", "0002_refuse_overlap")]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("kind", models.CharField(max_length=40)),
                        ("key", models.CharField(max_length=64)),
                        ("title", liengia.core.fields.NameField(max_length=300)),
                        ("url", models.CharField(max_length=500)),
                        ("is_open", models.BooleanField(default=True, verbose_name="takes new comments")),
                        ("is_public", models.BooleanField(default=True)),
                        ("unit", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="comment_threads", to="units.unit")),
                    ],
                    options={"verbose_name": "thread of comments", "verbose_name_plural": "threads of comments", "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="a_thing_has_one_thread")]},
                ),
                migrations.CreateModel(
                    name="Comment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("text", liengia.core.fields.TextField()),
                        ("name", liengia.core.fields.NameField(blank=True, max_length=120)),
                        ("is_official", models.BooleanField(default=False)),
                        ("state", models.CharField(choices=[("waiting", "Waiting to be read"), ("shown", "Shown"), ("refused", "Not published"), ("removed", "Taken away")], default="waiting", max_length=8)),
                        ("written_on", models.DateField(default=liengia.core.clock.today)),
                        ("shown_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("person", "Names a private person, or tells where they live"),
                                    ("abuse", "Insults or threatens"),
                                    ("advertising", "Advertises or repeats itself"),
                                    ("elsewhere", "Belongs elsewhere: a crime report, a complaint or a denunciation"),
                                    ("off_topic", "Is not about this page"),
                                    ("unlawful", "Is against the law"),
                                    ("other", "Another reason"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("reason_words", liengia.core.fields.NameField(blank=True, max_length=300)),
                        ("second_look", models.CharField(choices=[("none", "Not asked for"), ("asked", "Asked for"), ("upheld", "The decision stands"), ("granted", "Published after a second look")], default="none", max_length=8)),
                        ("second_look_at", models.DateTimeField(blank=True, null=True)),
                        ("writer_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                        ("form_id", models.CharField(blank=True, editable=False, max_length=32, null=True, unique=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("parent", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="comments.comment")),
                        ("user", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("thread", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="comments.thread")),
                    ],
                    options={
                        "verbose_name": "comment",
                        "verbose_name_plural": "comments",
                        "ordering": ["pk"],
                        "indexes": [models.Index(fields=["thread", "state"], name="comments_of_a_thread"), models.Index(fields=["state", "id"], name="comments_by_state"), models.Index(condition=models.Q(("second_look", "asked")), fields=["second_look"], name="comments_asked_again")],
                        "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("state__in", ["refused", "removed"]), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"), name="a_refused_comment_has_a_reason")],
                    },
                ),
                migrations.CreateModel(
                    name="Flag",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("person", "Names a private person, or tells where they live"),
                                    ("abuse", "Insults or threatens"),
                                    ("advertising", "Advertises or repeats itself"),
                                    ("elsewhere", "Belongs elsewhere: a crime report, a complaint or a denunciation"),
                                    ("off_topic", "Is not about this page"),
                                    ("unlawful", "Is against the law"),
                                    ("other", "Another reason"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("on", models.DateField(default=liengia.core.clock.today)),
                        ("is_settled", models.BooleanField(default=False)),
                        ("comment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="comments.comment")),
                    ],
                    options={"verbose_name": "report of a comment", "verbose_name_plural": "reports of comments", "indexes": [models.Index(condition=models.Q(("is_settled", False)), fields=["comment"], name="flags_not_settled")]},
                ),
                migrations.CreateModel(
                    name="Rule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("who", models.CharField(choices=[("off", "Nobody: comments are off"), ("named", "Those who are signed in, under their name"), ("guests", "Everybody, guests too")], default="guests", max_length=8, verbose_name="who may write")),
                        ("is_moderated_first", models.BooleanField(default=True, help_text="Otherwise comments are shown at once and read after.", verbose_name="read before they are shown")),
                        ("unit", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="comment_rule", to="units.unit", verbose_name="commune")),
                    ],
                    options={"verbose_name": "rule for comments", "verbose_name_plural": "rules for comments", "ordering": ["unit__code"], "constraints": [models.UniqueConstraint(condition=models.Q(("unit", None)), fields=("who",), name="the_area_has_one_rule_for_comments")]},
                ),
            ]
        )
    ]
