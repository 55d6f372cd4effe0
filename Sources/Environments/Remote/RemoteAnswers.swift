internal import Foundation
internal import JSONFields

/// What an endpoint says of itself: the answer of `/spec`.
struct RemoteSpec {
    /// The protocol that this program speaks.
    static let version = 1

    /// As a job's options say the same: `observation`, `actions` and, where it is given, `stack`.
    let options: EnvironmentOptions
    /// Whether it can answer in bytes.
    let isBinary: Bool

    /// - Throws: What is wrong, as the end of a sentence that begins with the place.
    init(_ body: [UInt8]) throws(RemoteAnswerFault) {
        let fields = try RemoteFields(body)
        let version = try fields.required("protocol")
        guard case .integer(Self.version) = version else {
            throw RemoteAnswerFault(
                "speaks protocol \(version.brief), this server speaks \(Self.version): "
                    + (version.isNewer(than: Self.version)
                        ? "upgrade dqn-server" : "upgrade the environment")
            )
        }
        var options: EnvironmentOptions = [:]
        for name in ["observation", "actions", "stack"] {
            if name == "stack", fields.object[name] == nil || fields.object[name] == .null {
                continue
            }
            let value = try fields.required(name)
            guard let option = DeclaredSpaces.options.first(where: { $0.name == name }) else {
                continue
            }
            do throws(OptionFault) {
                guard let given = OptionValue(value) else {
                    throw OptionFault(
                        option: name,
                        message: "must be \(option.allowedDescription), got \(value.brief)"
                    )
                }
                options[name] = try option.accept(given)
            } catch {
                throw RemoteAnswerFault("says of itself what cannot be: \(error)")
            }
        }
        self.options = options
        isBinary =
            if case .array(let words) = fields.object["encodings"] { words.contains("binary") } else
            {
                false
            }
    }
}

/// What an endpoint answered to a step.
struct RemoteStep: Equatable {
    var stepID: Int
    var reward: Float
    var isTerminated: Bool
    var isTruncated: Bool
}

/// The fields of an answer in JSON.
struct RemoteFields {
    let object: JSONObject

    /// - Throws: What is wrong, as the end of a sentence that begins with the place.
    init(_ body: [UInt8]) throws(RemoteAnswerFault) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            let rest = body.dropFirst(error.offset).prefix(9)
            // Python writes them so.
            let isNumberless = ["NaN", "Infinity", "-Infinity"].contains {
                rest.starts(with: $0.utf8)
            }
            throw RemoteAnswerFault(
                isNumberless
                    ? "answered with a number that is not finite at byte \(error.offset): "
                        + quotedBody(Array(body.dropFirst(max(0, error.offset - 40))))
                    : "answered with what is \(error): \(quotedBody(body))"
            )
        }
        guard case .object(let object) = value else {
            throw RemoteAnswerFault("answered with \(value.kind), expected an object")
        }
        self.object = object
    }

    func required(_ name: String) throws(RemoteAnswerFault) -> JSONValue {
        guard let value = object[name] else {
            let names = object.fields.prefix(20).map { "\"\($0.name.excerpt)\"" }
            throw RemoteAnswerFault(
                "answered without \"\(name)\"; it has "
                    + (names.isEmpty ? "nothing" : names.joined(separator: ", "))
            )
        }
        return value
    }

    private func boolean(_ name: String) throws(RemoteAnswerFault) -> Bool {
        let value = try required(name)
        guard case .bool(let bool) = value else {
            throw RemoteAnswerFault(
                "answered with \(value.brief) as \"\(name)\", expected true or false"
            )
        }
        return bool
    }

    /// What the answer to a step says beside the observation.
    func step() throws(RemoteAnswerFault) -> RemoteStep {
        let id = try required("step_id")
        guard case .integer(let stepID) = id else {
            throw RemoteAnswerFault("answered with \(id.brief) as \"step_id\", expected a number")
        }
        let value = try required("reward")
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let number, Float(number).isFinite else {
            throw RemoteAnswerFault(
                "answered with \(value.brief) as \"reward\", expected a number of float32"
            )
        }
        return RemoteStep(
            stepID: stepID,
            reward: Float(number),
            isTerminated: try boolean("terminated"),
            isTruncated: try boolean("truncated")
        )
    }
}

extension RemoteStep {
    /// Bytes before the observation's.
    static let headByteCount = 12

    /// Reads the head of an answer in bytes: step_id u32, reward f32, flags u8 (1 terminated,
    /// 2 truncated), three bytes of zero; little-endian.
    init(_ bytes: [UInt8]) throws(RemoteAnswerFault) {
        guard bytes.count >= Self.headByteCount else {
            throw RemoteAnswerFault(
                "answered with \(bytes.count) bytes, expected \(Self.headByteCount) and the observation's"
            )
        }
        guard bytes[8] < 4, bytes[9..<12].allSatisfy({ $0 == 0 }) else {
            throw RemoteAnswerFault(
                "answered with the bytes \(Array(bytes[8..<12])) after the reward, expected flags 0...3 "
                    + "and three zeros"
            )
        }
        let reward = bytes.float(at: 1)
        guard reward.isFinite else {
            throw RemoteAnswerFault("answered with a reward that is not finite")
        }
        self.init(
            stepID: Int(bytes.number(at: 0, as: UInt32.self)),
            reward: reward,
            isTerminated: bytes[8] & 1 != 0,
            isTruncated: bytes[8] & 2 != 0
        )
    }
}

/// Why an answer is none of the protocol: the end of a sentence that begins with the place.
struct RemoteAnswerFault: Error, Equatable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension JSONValue {
    /// The value as a message shows it.
    var brief: String { description.excerpt }

    fileprivate func isNewer(than version: Int) -> Bool {
        if case .integer(let number) = self { number > version } else { false }
    }
}

/// The bytes of a base64 text; nil if it is none.
func bytes(ofBase64 text: String) -> [UInt8]? {
    Data(base64Encoded: text).map { [UInt8]($0) }
}
