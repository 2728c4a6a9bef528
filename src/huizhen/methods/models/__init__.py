"""The nouns of methods: the method and its versions, its reuse, learning together."""

from huizhen.methods.models.clinics import Clinic, ClinicAttendance, ClinicCase
from huizhen.methods.models.method import Method, MethodCounter, MethodReview, MethodVersion, Picture, Piece, Proof
from huizhen.methods.models.reuse import Adoption, Citation, Decision

__all__ = [
    "Adoption",
    "Citation",
    "Clinic",
    "ClinicAttendance",
    "ClinicCase",
    "Decision",
    "Method",
    "MethodCounter",
    "MethodReview",
    "MethodVersion",
    "Picture",
    "Piece",
    "Proof",
]
