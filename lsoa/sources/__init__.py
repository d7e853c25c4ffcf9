"""One small adapter per publication. `registry.SOURCES` lists them; `base.Source` says what one must do."""
