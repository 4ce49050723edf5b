from django_otp.plugins.otp_totp.models import TOTPDevice

from signatures.identity import totp_secrets


class Authenticator(TOTPDevice):
    """An organiser's authenticator app. Its key is stored encrypted, so a database dump yields no codes."""

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        return totp_secrets.decrypt_secret(self.key)
