"""(being written)."""

from flask import Blueprint

blueprint = Blueprint("unbuilt", __name__)
