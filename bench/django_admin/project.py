"""The Django project: settings, models, admin, and a loop that visits pages of it and says how long each took.

It runs in an environment of its own, so it imports nothing of Shellback. Reads one JSON object a line (`{"path": ...}`
or `{"path": ..., "form": {...}}`), writes one (`{"seconds": ..., "status": ..., "rows": ...}`). The first line is the
database: `{"engine": ..., "name": ..., ...}` as Django's DATABASES has it.

The models are what `inspectdb` makes of the tables, the admin is what Django's tutorial does: columns, a search, three
filters, an action. Its own tables (the person who is signed in) are in memory, so that nothing of them is measured.
"""

import json
import sys
import time
from typing import Any

import django
from django.apps import AppConfig
from django.conf import settings

LABEL = "bench_people"


class People(AppConfig):
    """The application that the models belong to."""

    name = "project"
    label = LABEL
    path = "."
    default_auto_field = "django.db.models.AutoField"


class Router:
    """The people are in the database that is measured, all the rest is Django's own."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        return "people" if model._meta.app_label == LABEL else "default"

    db_for_write = db_for_read

    def allow_relation(self, *_: Any, **__: Any) -> bool:
        return True

    def allow_migrate(self, db: str, *_: Any, **__: Any) -> bool:
        return db == "default"


def configure(people: dict[str, Any]) -> None:
    settings.configure(
        SECRET_KEY="of a benchmark",
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="project",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}, "people": people},
        DATABASE_ROUTERS=["project.Router"],
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "project.People",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        DATA_UPLOAD_MAX_NUMBER_FIELDS=None,
    )
    django.setup()


urlpatterns: list[Any] = []


def declare() -> None:
    """The models and their admin, once Django is set up."""
    from django.contrib import admin
    from django.db import models
    from django.urls import path

    class Role(models.Model):
        name = models.CharField(max_length=50, unique=True)

        class Meta:
            app_label, managed, db_table = LABEL, False, "roles"

        def __str__(self) -> str:
            return str(self.name)

    class User(models.Model):
        username = models.CharField(max_length=50, unique=True)
        email = models.CharField(max_length=254, null=True)
        full_name = models.CharField(max_length=150)
        is_active = models.BooleanField()
        is_superuser = models.BooleanField()
        must_change_password = models.BooleanField()
        created_at = models.DateTimeField()
        roles = models.ManyToManyField(Role, through="UserRole")

        class Meta:
            app_label, managed, db_table = LABEL, False, "users"

    class UserRole(models.Model):
        user = models.ForeignKey(User, models.CASCADE)
        role = models.ForeignKey(Role, models.RESTRICT)

        class Meta:
            app_label, managed, db_table = LABEL, False, "user_roles"

    class State(models.Model):
        user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="state")
        last_login_at = models.DateTimeField(null=True)
        locked_until = models.DateTimeField(null=True)

        class Meta:
            app_label, managed, db_table = LABEL, False, "user_auth_state"

    class Prefixed(User):
        class Meta:
            app_label, proxy = LABEL, True

    class UserAdmin(admin.ModelAdmin):
        list_display = ("id", "username", "email", "full_name", "is_active", "is_superuser", "last_login", "created_at")
        list_select_related = ("state",)
        list_filter = ("is_active", "is_superuser", "roles", "state__locked_until")
        list_per_page = 200
        search_fields = ("username", "email")
        ordering = ("username",)
        actions = ("deactivate",)

        @admin.display(ordering="state__last_login_at")
        def last_login(self, user: Any) -> Any:
            return user.state.last_login_at if hasattr(user, "state") else None

        @admin.action(description="Deactivate")
        def deactivate(self, _request: Any, chosen: Any) -> None:
            chosen.update(is_active=False)

    class PrefixedAdmin(UserAdmin):
        search_fields = ("^username", "^email")

    admin.site.register(User, UserAdmin)
    admin.site.register(Prefixed, PrefixedAdmin)
    urlpatterns.append(path("admin/", admin.site.urls))


def serve() -> None:
    """Visits what it is told to, signed in, and says how it went."""
    from django.contrib.auth.models import User as Staff
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0, database="default")
    client = Client()
    client.force_login(Staff.objects.create_superuser("bench"))
    for line in sys.stdin:
        asked = json.loads(line)
        form = asked.get("form")
        begun = time.perf_counter()
        response = client.post(asked["path"], form) if form else client.get(asked["path"])
        seconds = time.perf_counter() - begun
        rows = response.content.count(b'class="action-select"')
        print(json.dumps({"seconds": seconds, "status": response.status_code, "rows": rows}), flush=True)


if __name__ == "__main__":
    sys.modules["project"] = sys.modules["__main__"]
    configure(json.loads(sys.stdin.readline()))
    declare()
    serve()
