"""The published contract, compiled when it is imported: what any client would do once.

`contract.local.ReferralServiceStub` and the messages are then as in any Python program.
"""

import importlib
import sys
import tempfile
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[3]
PROTO = ROOT / "proto"
_ERRORS = Path(__file__).resolve().parent

# Kept until the program ends.
_compiled = tempfile.TemporaryDirectory(prefix="brygga-contract-")


def _compile():
    published = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    includes = [PROTO, _ERRORS, Path(grpc_tools.__file__).parent / "_proto"]
    arguments = ["protoc", *(f"--proto_path={include}" for include in includes)]
    arguments += [f"--python_out={_compiled.name}", f"--grpc_python_out={_compiled.name}"]
    if protoc.main([*arguments, *published, "error_details.proto"]) != 0:
        raise RuntimeError("the contract does not compile")
    sys.path.insert(0, _compiled.name)


_compile()


def _file(name):
    return importlib.import_module(name)


agreement = _file("brygga.agreement.v1.agreement_pb2")
consent = _file("brygga.consent.v1.consent_pb2")
referral = _file("brygga.referral.v1.referral_pb2")
code = _file("brygga.types.v1.code_pb2")
legal = _file("brygga.types.v1.legal_pb2")
errors = _file("error_details_pb2")

agreements = _file("brygga.local.v1.agreement_service_pb2")
consents = _file("brygga.local.v1.consent_service_pb2")
nodes = _file("brygga.local.v1.node_service_pb2")
referrals = _file("brygga.local.v1.referral_service_pb2")

AgreementService = _file("brygga.local.v1.agreement_service_pb2_grpc").AgreementServiceStub
ConsentService = _file("brygga.local.v1.consent_service_pb2_grpc").ConsentServiceStub
NodeService = _file("brygga.local.v1.node_service_pb2_grpc").NodeServiceStub
ReferralService = _file("brygga.local.v1.referral_service_pb2_grpc").ReferralServiceStub
