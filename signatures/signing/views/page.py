"""The statement's page as the views of signing need it: the one door from signing to the public pages."""

from signatures.public.statement_page import StatementPage, cached_statement_or_404, statement_or_404
from signatures.public.views.statement import page_context, statement_page

__all__ = ["StatementPage", "cached_statement_or_404", "page_context", "statement_or_404", "statement_page"]
