"""Seals a PDF as an office would, with a key that is made up here: sign.py IN.pdf OUT.pdf"""

import datetime
import sys

# With lxml, pyHanko writes the metadata anew and leaves out what RDF asks for (rdf:about); without, it leaves them alone.
sys.modules["lxml"] = None

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stadt Münster, Siegel zur Probe")])
day = datetime.datetime(2025, 1, 1)
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(1)
    .not_valid_before(day)
    .not_valid_after(day + datetime.timedelta(days=36500))
    .sign(key, hashes.SHA256())
)
signer = signers.SimpleSigner(
    signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
    signing_key=asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    ),
    cert_registry=None,
)
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    writer = IncrementalPdfFileWriter(source)
    signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="Siegel"), signer=signer, output=target)
