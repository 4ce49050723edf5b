-- Collects finer statistics of names, from which the planner tells a common name from a rare one (docs/decisions/0010).
ALTER TABLE signatures_signature ALTER search_key SET STATISTICS 1000;
