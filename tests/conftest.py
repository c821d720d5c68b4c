"""What every test of the repository may use."""

pytest_plugins = ["pytester"]
