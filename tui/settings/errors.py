"""What is wrong with a setting, as one sentence."""


class SettingsError(ValueError):
    """A setting that cannot be followed. `sentence` says which one, why, and what to write instead; no secrets."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
