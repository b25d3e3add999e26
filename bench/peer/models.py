"""The registry as one stock table: every column of the ledger in clear text."""

from django.db import models


class StockPerson(models.Model):
    name = models.CharField(max_length=50)
    pinyin = models.CharField(max_length=120, blank=True)
    sex = models.CharField(max_length=2)
    id_number = models.CharField(max_length=18, unique=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    political_status = models.CharField(max_length=20, blank=True)
    education = models.CharField(max_length=20, blank=True)
    major = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    county = models.CharField(max_length=6, blank=True)
    township = models.CharField(max_length=40, blank=True)
    employer = models.CharField(max_length=80, blank=True)
    post = models.CharField(max_length=20, blank=True)
    employment = models.CharField(max_length=20, blank=True)
    started_on = models.DateField(null=True, blank=True)
    certificate_level = models.CharField(max_length=20, blank=True)
    certificate_number = models.CharField(max_length=32, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    school = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=20, blank=True)
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pinyin", "id"]
        indexes = [models.Index(fields=["pinyin", "id"]), models.Index(fields=["county"])]

    def __str__(self) -> str:
        return self.name
