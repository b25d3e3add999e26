"""The words of statistical forms, and what of the registry they count.

Source: the civil-affairs and social-work statistical tables and notices (DOMAIN "Forms asked of
counties"). What is imported first is tried first: of 社工站数 those who work there are not meant.
"""

from reports.papers.words import graduates, money, places, services, staff

__all__ = ["graduates", "money", "places", "services", "staff"]
