"""What is written down about a request holds no link that works."""

import logging
import re

TOKEN_IN_PATH = re.compile(r"(/(?:confirm|thanks|signature|not-me|unsubscribe)/)[^/\s\"?]+")


class MaskTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = TOKEN_IN_PATH.sub(r"\1…", record.getMessage()), ()
        return True
