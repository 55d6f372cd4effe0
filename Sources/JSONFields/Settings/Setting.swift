/// One field of a settings type: how it is read, how it is written, and what a person is told of it.
///
/// A row like
///
///     .number("discount", \.discount, in: 0...1, "γ: what a reward one step later is worth.")
///
/// is all there is to say about a field: requests, stored jobs, `--set`, the OpenAPI schema, the
/// page's form and the reference are made from it.
public struct Setting<Root>: Sendable {
    /// Reads the field, if it is given, into its place.
    public typealias Reading = @Sendable (inout FieldReader, inout Root) -> Void
    /// The field's value, or nil where it is left out.
    public typealias Writing = @Sendable (Root) -> JSONValue?

    /// Name, kind, unit, meaning and source; without a default, which is that of an instance.
    public let description: SettingDescription
    let read: Reading
    let write: Writing

    /// Creates a row whose reading is unlike that of any kind below.
    public init(
        _ description: SettingDescription,
        read: @escaping Reading,
        write: @escaping Writing
    ) {
        (self.description, self.read, self.write) = (description, read, write)
    }

    /// The row of a field that must be given.
    public var required: Setting {
        var description = description
        description.isRequired = true
        return Setting(description) { [name = description.name] fields, root in
            fields.require(name)
            read(&fields, &root)
        } write: {
            write($0)
        }
    }

    /// The row in the table of a type that holds `Root` in one of its properties and shows its
    /// fields among its own.
    public func within<Outer>(
        _ path: any WritableKeyPath<Outer, Root> & Sendable
    ) -> Setting<Outer> {
        Setting<Outer>(description) { fields, outer in
            read(&fields, &outer[keyPath: path])
        } write: { outer in
            write(outer[keyPath: path])
        }
    }
}

/// A type whose fields are the rows of a table.
public protocol Settings: Sendable {
    /// The fields, in the order in which they are read, written and shown.
    static var settings: [Setting<Self>] { get }
}

extension Settings {
    /// Takes in what is given, and leaves the rest as it was.
    public mutating func read(_ fields: inout FieldReader) {
        for setting in Self.settings {
            setting.read(&fields, &self)
        }
    }

    /// Every field, to be read again.
    public var json: JSONValue {
        var object = JSONObject()
        for setting in Self.settings {
            object[setting.description.name] = setting.write(self)
        }
        return .object(object)
    }

    /// The table as a person reads it, with the values of this instance as defaults; schemas and the
    /// reference call it `name`.
    public func group(named name: String, _ summary: String) -> SettingGroup {
        SettingGroup(
            name: name,
            summary: summary,
            settings: Self.settings.map { setting in
                var description = setting.description
                if !description.isRequired { description.defaultValue = setting.write(self) }
                return description
            }
        )
    }
}

/// The words of a setting that is one of several, each with what it means.
public protocol SettingChoice: RawRepresentable<String>, CaseIterable, Sendable {
    /// What choosing it does, in one sentence.
    var summary: String { get }
}
