internal import Checkpoints
internal import Environments
internal import Frames
public import HTTPServing
internal import Inference
public import JSONFields
internal import JSONScanning
internal import MemoryBudgets
internal import RunStorage
internal import Training

/// An error as clients see it: the one place where what went wrong becomes a status.
public struct APIError: Error, Sendable {
    /// The status of the answer.
    public var status: HTTPStatus
    /// A word for programs.
    public var code: String
    /// One sentence that a person can act on.
    public var message: String
    /// The fields that are wrong, where there are any to point at.
    public var details: [FieldFault]
    /// Fields of the answer besides those that describe its content.
    public var headers: HTTPHeaders

    /// Creates an error from its parts; of a message only the first 1,000 Unicode scalars are kept.
    public init(
        _ status: HTTPStatus,
        code: String,
        _ message: String,
        details: [FieldFault] = [],
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message.shortened(to: 1_000)
        self.details = details
        self.headers = headers
    }

    /// Nothing has the name that a path gives.
    static func unknown(_ kind: String, _ id: String) -> APIError {
        APIError(.notFound, code: "\(kind)_not_found", "there is no \(kind) \"\(id.excerpt)\"")
    }

    /// What any error means to a client.
    ///
    /// What is not foreseen is a 500 that shows no internals.
    public init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as HTTPError:
            self.init(error.status, code: error.code, error.message, headers: error.headers)
        case let error as FieldFaults:
            self.init(
                .badRequest,
                code: "invalid_request",
                Self.summary(of: error),
                details: error.faults
            )
        case let error as JSONSyntaxError:
            self.init(.badRequest, code: "invalid_json", "\(error)")
        case let error as JSONScanError:
            self.init(.badRequest, code: "invalid_json", "not valid JSON at \(error)")
        case let error as FrameError:
            self.init(.badRequest, code: "invalid_image", "\(error)")
        case let error as MemoryExceeded:
            self.init(
                .badRequest,
                code: "memory_exceeded",
                "\(error)",
                details: error.pointer.isEmpty
                    ? [] : [FieldFault(pointer: error.pointer, message: error.share)]
            )
        case let error as JobConflict:
            self.init(.conflict, code: "job_state_conflict", "\(error)")
        case let error as ClientError: self.init(error)
        case let error as PolicyNotFinite:
            self.init(.conflict, code: "policy_not_finite", "\(error)")
        case let error as CheckpointError:
            self.init(error)
        case let error as InferenceError:
            self.init(error)
        case let error as RunStorageError: self.init(error)
        case let error as JobForgotten:
            self.init(.notFound, code: "job_not_found", "\(error)")
        case let error as EnvironmentError:
            self.init(.badRequest, code: "invalid_environment", "\(error)")
        default: self = .internalError
        }
    }

    private init(_ error: ClientError) {
        switch error {
        case .noPlayer: self.init(.notFound, code: "player_not_found", "\(error)")
        case .noSeats, .tooManyPlayers: self.init(.conflict, code: "no_seat", "\(error)")
        case .outOfTurn, .busy: self.init(.conflict, code: "sequence_conflict", "\(error)")
        case .wrongStep(let place, let reason):
            self.init(
                .badRequest,
                code: "invalid_step",
                "\(error)",
                details: [FieldFault(pointer: place, message: reason)]
            )
        }
    }

    /// What keeps the store from being used passes, as a rule: it is the client's to come again.
    private init(_ error: RunStorageError) {
        switch error {
        case .diskFull:
            self.init(
                .insufficientStorage,
                code: "disk_full",
                "\(error)",
                headers: ["Retry-After": "30"]
            )
        case .wentBack, .locked, .unavailable, .folderGone, .folder, .folderInUse, .damaged,
            .laterVersion:
            self.init(
                .serviceUnavailable,
                code: "store_unavailable",
                "\(error)",
                headers: ["Retry-After": "5"]
            )
        case .noJob:
            self.init(.notFound, code: "job_not_found", "\(error)")
        case .database, .unreadable:
            self = .internalError
        }
    }

    /// What clients are shown of what was not foreseen.
    private static let internalError = APIError(
        .internalServerError,
        code: "internal_error",
        "something went wrong in the server; its log says what"
    )

    private static func summary(of faults: FieldFaults) -> String {
        switch faults.count {
        case 1: "\(faults.faults[0])"
        case faults.faults.count: "\(faults.count) fields are wrong"
        default: "\(faults.count) fields are wrong, the first \(faults.faults.count) are listed"
        }
    }

    private init(_ error: CheckpointError) {
        switch error {
        case .notSafetensors, .notAPolicy:
            self.init(.badRequest, code: "invalid_checkpoint", "\(error)")
        case .damaged:
            self.init(.conflict, code: "checkpoint_damaged", "\(error)")
        case .missing:
            self.init(.notFound, code: "file_gone", "\(error)")
        case .unreadable:
            self.init(
                .internalServerError,
                code: "internal_error",
                "something went wrong in the server; its log says what"
            )
        case .file:
            self.init(.insufficientStorage, code: "file_not_written", "\(error)")
        }
    }

    private init(_ error: InferenceError) {
        switch error {
        case .queueIsFull:
            self.init(
                .serviceUnavailable,
                code: "overloaded",
                "\(error)",
                headers: ["Retry-After": "1"]
            )
        case .tooManyStates:
            self.init(.contentTooLarge, code: "too_many_states", "\(error)")
        case .unusable:
            self.init(.conflict, code: "checkpoint_unusable", "\(error)")
        case .noMemory:
            self.init(
                .serviceUnavailable,
                code: "memory_exceeded",
                "\(error)",
                headers: ["Retry-After": "30"]
            )
        case .damaged:
            self.init(.conflict, code: "checkpoint_damaged", "\(error)")
        case .fileGone:
            self.init(.notFound, code: "file_gone", "\(error)")
        }
    }

    /// Whether whoever runs the server must see to it: an error that clients are not told the reason
    /// of, and a checkpoint whose file is damaged or gone.
    var concernsOperator: Bool {
        status == .internalServerError || code == "checkpoint_damaged" || code == "file_gone"
    }

    /// The answer.
    var response: HTTPResponse {
        var body: JSONObject = ["error": .string(message), "code": .string(code)]
        if !details.isEmpty {
            body["details"] = .array(
                details.map { ["pointer": .string($0.pointer), "message": .string($0.message)] }
            )
        }
        var response = HTTPResponse.json(.object(body), status)
        for name in headerNames {
            response.headers[name] = headers[name]
        }
        return response
    }

    private var headerNames: [HTTPFieldName] {
        ["Allow", "Retry-After", "WWW-Authenticate", "Accept-Encoding", "Content-Range"]
    }
}

extension HTTPResponse {
    /// An answer in JSON.
    static func json(_ value: JSONValue, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, bytes: value.text, contentType: "application/json")
    }
}
