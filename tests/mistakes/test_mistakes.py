"""Each typical mistake is answered by a short error that names cause and cure."""

import pytest
import tensorflow as tf

import tfk
from tests.mistakes.outcomes import run
from tests.mistakes.programs import PROGRAMS

SHORT = 16  # lines in a terminal of 100 columns: the user's frame and one message


@pytest.mark.parametrize("mistake", PROGRAMS, ids=lambda mistake: mistake.run.__name__)
def test_the_error_is_short_and_names_cause_and_cure(mistake):
    outcome = run(mistake, tfk)
    assert outcome.text, "the mistake goes unnoticed"
    assert outcome.names_cause and outcome.names_cure, outcome.text
    assert outcome.lines <= SHORT, outcome.text
    assert "/tfk/" not in outcome.text.replace(tfk.__file__, ""), outcome.text


def test_every_frame_can_be_shown():
    mistake = next(each for each in PROGRAMS if each.run.__name__ == "features")
    tf.debugging.disable_traceback_filtering()
    try:
        assert "/tfk/engine/" in run(mistake, tfk).text
    finally:
        tf.debugging.enable_traceback_filtering()
