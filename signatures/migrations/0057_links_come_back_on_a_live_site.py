"""What follows every change of a signature that came by a link, and the index by which all of them are found: made
while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

FOLLOW = """
CREATE FUNCTION signatures_follow_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.counted AND OLD.came_by IS NOT NULL THEN
        INSERT INTO signatures_shareentry (came_by, change) VALUES (OLD.came_by, -1);
    END IF;
    IF NEW.counted AND NEW.came_by IS NOT NULL THEN
        INSERT INTO signatures_shareentry (came_by, change) VALUES (NEW.came_by, 1);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER signatures_links AFTER UPDATE OF state, came_by ON signatures_signature FOR EACH ROW
WHEN (
    (OLD.came_by IS NOT NULL OR NEW.came_by IS NOT NULL)
    AND (OLD.counted, OLD.came_by) IS DISTINCT FROM (NEW.counted, NEW.came_by)
)
EXECUTE FUNCTION signatures_follow_link();
"""

UNFOLLOW = "DROP TRIGGER signatures_links ON signatures_signature; DROP FUNCTION signatures_follow_link();"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0056_links_come_back")]

    operations = [
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        AddIndexConcurrently(
            "signature",
            models.Index(condition=models.Q(("came_by__isnull", False)), fields=["id"], name="came_by_a_link"),
        ),
    ]
