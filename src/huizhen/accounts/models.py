"""Users, API tokens and the answers kept for repeated requests."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, *, name: str = "") -> User:
        user = self.model(username=username, name=name or username)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """An account that can sign in. Rights are not here: they come from the person's postings."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(
        default=False, help_text="Made by the demo; a real installation refuses to start with one."
    )
    language = models.CharField(max_length=10, blank=True, default="")
    feed_salt = models.CharField(
        max_length=32,
        blank=True,
        default="",
        help_text="Makes the address of the calendar feed; another salt ends the old one.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A bearer token of the API. Only its SHA-256 is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    @staticmethod
    def digest_of(plain: str) -> str:
        return hashlib.sha256(plain.encode()).hexdigest()

    @staticmethod
    def fresh() -> str:
        return secrets.token_urlsafe(32)


class KeptAnswer(models.Model):
    """The answer given to a request that carried an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kept_answer_once")]
