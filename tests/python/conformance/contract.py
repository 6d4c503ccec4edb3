"""The published contract, compiled when a run starts; nothing generated is kept."""

import atexit
import importlib
import shutil
import sys
import tempfile
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

PROTO = Path(__file__).resolve().parents[3] / "proto"
# What only the own organisation's people call, at a port that no peer reaches.
OWN = "local"


def compile_contract() -> None:
    """Makes `brygga.*.v1.*_pb2` importable."""
    out = tempfile.mkdtemp(prefix="brygga-contract.")
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    published = sorted((PROTO / "brygga").rglob("*.proto"))
    files = [str(file) for file in published if OWN not in file.relative_to(PROTO).parts]
    standard = str(Path(grpc_tools.__file__).parent / "_proto")
    command = ["protoc", f"-I{PROTO}", f"-I{standard}", f"--python_out={out}"]
    if protoc.main([*command, f"--grpc_python_out={out}", *files]) != 0:
        raise RuntimeError("the contract does not compile")
    sys.path.insert(0, out)


def module(name: str):
    return importlib.import_module(name)


compile_contract()
agreement = module("brygga.agreement.v1.agreement_pb2")
negotiation = module("brygga.agreement.v1.messages_pb2")
consent = module("brygga.consent.v1.consent_pb2")
delivery = module("brygga.federation.v1.delivery_pb2")
delivery_grpc = module("brygga.federation.v1.delivery_pb2_grpc")
envelope = module("brygga.federation.v1.envelope_pb2")
receipt = module("brygga.federation.v1.receipt_pb2")
join = module("brygga.registry.v1.join_pb2")
legal = module("brygga.types.v1.legal_pb2")
notice = module("brygga.notice.v1.notice_pb2")
referral = module("brygga.referral.v1.referral_pb2")
registry = module("brygga.registry.v1.registry_pb2")
registry_grpc = module("brygga.registry.v1.registry_pb2_grpc")
signal = module("brygga.signal.v1.signal_pb2")
