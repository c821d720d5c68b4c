"""The wire: `parse_x` and `render_x`, and the only place where a JSON key is spelled."""
