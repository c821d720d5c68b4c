"""(being written)."""

from flask import Blueprint

blueprint = Blueprint("users", __name__)
