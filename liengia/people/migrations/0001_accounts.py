"""Accounts, alone: Wagtail's and allauth's tables point at them, and are made before the rooms'."""

from django.db import migrations, models
import liengia.core.clock
import liengia.core.fields


class Migration(migrations.Migration):
    initial = True
    replaces = [("people", "0001_people")]

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("is_superuser", models.BooleanField(default=False, help_text="Designates that this user has all permissions without explicitly assigning them.", verbose_name="superuser status")),
                ("username", models.CharField(max_length=150, unique=True, verbose_name="Sign-in name")),
                ("full_name", liengia.core.fields.NameField(blank=True, max_length=120, verbose_name="Full name")),
                ("phone", liengia.core.fields.PhoneField(blank=True, max_length=16, null=True, verbose_name="Phone")),
                ("email", models.EmailField(blank=True, max_length=254, null=True, verbose_name="E-mail")),
                ("is_active", models.BooleanField(default=True, verbose_name="May sign in")),
                ("is_staff", models.BooleanField(default=False, verbose_name="Works for the commune or the installation")),
                ("created_at", models.DateTimeField(default=liengia.core.clock.now, editable=False)),
                ("locked_until", models.DateTimeField(blank=True, null=True, verbose_name="Locked until")),
                ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("groups", models.ManyToManyField(blank=True, help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.", related_name="user_set", related_query_name="user", to="auth.group", verbose_name="groups")),
                ("user_permissions", models.ManyToManyField(blank=True, help_text="Specific permissions for this user.", related_name="user_set", related_query_name="user", to="auth.permission", verbose_name="user permissions")),
            ],
            options={"verbose_name": "account", "verbose_name_plural": "accounts", "indexes": [models.Index(fields=["phone"], name="people_user_phone")]},
        )
    ]
