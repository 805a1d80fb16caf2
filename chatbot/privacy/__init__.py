"""Guarded values: found and masked before anything is stored, and kept from leaving."""

from chatbot.privacy.mask import Masked, mask
from chatbot.privacy.outbound import Allowed, outbound_problems
from chatbot.privacy.protect import protect
from chatbot.privacy.shadow import clean
from chatbot.privacy.split import Split, split_number

__all__ = ["Allowed", "Masked", "Split", "clean", "mask", "outbound_problems", "protect", "split_number"]
