//! A message for every call of the contract with a canary in every field, made from the contract itself.

use std::path::Path;

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};

use super::canary::NAME;

/// How deep messages inside messages are filled.
const DEPTH: u8 = 4;

/// The contract of the local port.
pub(super) struct Contract(FileDescriptorSet);

impl Contract {
    pub(super) fn read() -> Self {
        let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
        let local = proto.join("brygga/local/v1");
        let files = std::fs::read_dir(&local)
            .expect("the contract")
            .map(|entry| local.join(entry.expect("a file").file_name()));
        Self(protox::compile(files, [proto]).expect("the contract compiles"))
    }

    /// Messages for a call: one with a canary in every field at once, and one for each field alone.
    pub(super) fn messages(&self, path: &str) -> Vec<Vec<u8>> {
        let (service, method) = path.trim_start_matches('/').split_once('/').expect("a path");
        let service = service.rsplit('.').next().expect("a name");
        let services = self.0.file.iter().flat_map(|file| &file.service);
        let methods = services.filter(|one| one.name() == service).flat_map(|one| &one.method);
        let mut input = methods.filter(|one| one.name() == method).map(|one| one.input_type());
        let message = self.message(input.next().expect("the contract has the call"));
        let whole = message.field.iter().flat_map(|field| self.filled(field, DEPTH)).collect();
        let alone = message.field.iter().map(|field| self.filled(field, DEPTH));
        std::iter::once(whole).chain(alone).collect()
    }

    fn message(&self, name: &str) -> &DescriptorProto {
        let of = |file: &'_ prost_types::FileDescriptorProto, one: &DescriptorProto| {
            format!(".{}.{}", file.package(), one.name()) == name
        };
        let mut found = self
            .0
            .file
            .iter()
            .flat_map(|file| file.message_type.iter().filter(move |one| of(file, one)));
        found.next().unwrap_or_else(|| panic!("no message {name}"))
    }

    /// One field on the wire (protobuf encoding).
    fn filled(&self, field: &FieldDescriptorProto, depth: u8) -> Vec<u8> {
        let tag = |wire_type: u32| varint((field.number().unsigned_abs() << 3 | wire_type).into());
        let delimited = |bytes: Vec<u8>| [tag(2), varint(bytes.len() as u64), bytes].concat();
        match field.r#type() {
            // Stands in the database for whoever reviews the access (docs/DATA.md).
            Type::String if field.name() == "justification" => Vec::new(),
            Type::String => delimited(NAME.as_bytes().to_vec()),
            // Every field of bytes in this contract is an id, a key or a digest, which hold no words.
            Type::Bytes => delimited(vec![9; 16]),
            Type::Message if depth == 0 => Vec::new(),
            Type::Message => {
                let inside = self.message(field.type_name());
                let inside = inside.field.iter().flat_map(|field| self.filled(field, depth - 1));
                delimited(inside.collect())
            }
            Type::Double | Type::Float | Type::Fixed32 | Type::Fixed64 | Type::Group => {
                panic!("the contract has no such field: {}", field.name())
            }
            _ if field.label() == Label::Repeated => delimited(vec![1]),
            _ => [tag(0), varint(1)].concat(),
        }
    }
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f | 0x80) as u8);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
