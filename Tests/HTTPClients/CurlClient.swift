internal import CCurl
internal import Glibc

/// A client that this project did not write: libcurl, one handle, so that connections are kept.
@safe package final class CurlClient {
    package struct Answer {
        package let status: Int
        package let body: [UInt8]
        /// All header lines, interim responses and trailers included.
        package let header: String
        /// How many connections were made for this request.
        package let newConnections: Int
        package let version: Int

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    package struct Failure: Error {
        package let reason: String
    }

    /// What a request is made of besides its address.
    package struct Request: Sendable {
        package var method = "GET"
        package var fields: [String] = []
        package var body: [UInt8]?
        /// Whether the length of the body is kept from curl, which then sends chunks.
        package var isChunked = false
        package var range: String?
        package var acceptsCoding = false
        package var isHTTP10 = false
        /// Parts of a form: name, file name, content.
        package var form: [(name: String, filename: String, content: [UInt8])] = []

        package init(
            method: String = "GET",
            fields: [String] = [],
            body: [UInt8]? = nil,
            isChunked: Bool = false,
            range: String? = nil,
            acceptsCoding: Bool = false,
            isHTTP10: Bool = false,
            form: [(name: String, filename: String, content: [UInt8])] = []
        ) {
            self.method = method
            self.fields = fields
            self.body = body
            self.isChunked = isChunked
            self.range = range
            self.acceptsCoding = acceptsCoding
            self.isHTTP10 = isHTTP10
            self.form = form
        }
    }

    private let easy: UnsafeMutableRawPointer

    package init() throws {
        guard let easy = unsafe curl_easy_init() else { throw Failure(reason: "no handle") }
        unsafe self.easy = easy
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
    }

    package func perform(_ url: String, _ request: Request = Request()) throws -> Answer {
        unsafe curl_easy_reset(easy)
        let (body, header) = (Memory(), Memory())
        set(CURLOPT_TIMEOUT, 300)
        set(CURLOPT_NOSIGNAL, 1)
        unsafe set(CURLOPT_WRITEDATA, UnsafeRawPointer(body.stream))
        unsafe set(CURLOPT_HEADERDATA, UnsafeRawPointer(header.stream))
        if request.isHTTP10 { set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_0)) }
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
        var fields: UnsafeMutablePointer<curl_slist>?
        for field in request.fields + (request.isChunked ? ["Transfer-Encoding: chunked"] : []) {
            unsafe fields = curl_slist_append(fields, field)
        }
        let form = unsafe request.form.isEmpty ? nil : mime(request.form)
        defer {
            unsafe curl_slist_free_all(fields)
            unsafe curl_mime_free(form)
        }
        unsafe set(CURLOPT_HTTPHEADER, fields.map { UnsafeRawPointer($0) })
        if unsafe form != nil {
            unsafe set(CURLOPT_MIMEPOST, form.map { unsafe UnsafeRawPointer($0) })
        }
        var content = request.body ?? []
        let code = unsafe content.withUnsafeMutableBytes { bytes in
            var upload: UnsafeMutablePointer<FILE>?
            defer { if unsafe upload != nil { _ = unsafe fclose(upload) } }
            if request.body != nil {
                set(CURLOPT_POST, 1)
                if request.isChunked {
                    unsafe upload = fmemopen(bytes.baseAddress, bytes.count, "r")
                    unsafe set(CURLOPT_READDATA, upload.map { UnsafeRawPointer($0) })
                } else {
                    unsafe dqn_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int(bytes.count))
                    unsafe set(CURLOPT_POSTFIELDS, UnsafeRawPointer(bytes.baseAddress))
                }
            }
            return run(url, request)
        }
        guard code == CURLE_OK else {
            throw Failure(reason: unsafe String(cString: curl_easy_strerror(code)))
        }
        return Answer(
            status: unsafe dqn_curl_get_number(easy, CURLINFO_RESPONSE_CODE),
            body: body.bytes(),
            header: String(decoding: header.bytes(), as: UTF8.self),
            newConnections: unsafe dqn_curl_get_number(easy, CURLINFO_NUM_CONNECTS),
            version: unsafe dqn_curl_get_number(easy, CURLINFO_HTTP_VERSION)
        )
    }

    /// Strings are copied by curl, so they need to live no longer than the call.
    private func run(_ url: String, _ request: Request) -> CURLcode {
        unsafe url.withCString { unsafe set(CURLOPT_URL, $0) }
        if request.method != "GET", request.method != "HEAD", request.method != "POST" {
            unsafe request.method.withCString { unsafe set(CURLOPT_CUSTOMREQUEST, $0) }
        }
        if let range = request.range {
            unsafe range.withCString { unsafe set(CURLOPT_RANGE, $0) }
        }
        if request.acceptsCoding {
            unsafe "gzip, deflate".withCString { unsafe set(CURLOPT_ACCEPT_ENCODING, $0) }
        }
        return unsafe curl_easy_perform(easy)
    }

    private func mime(
        _ parts: [(name: String, filename: String, content: [UInt8])]
    ) -> OpaquePointer? {
        let form = unsafe curl_mime_init(easy)
        for part in parts {
            let field = unsafe curl_mime_addpart(form)
            unsafe curl_mime_name(field, part.name)
            unsafe curl_mime_filename(field, part.filename)
            unsafe part.content.withUnsafeBytes { bytes in
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                _ = unsafe curl_mime_data(field, start, bytes.count)
            }
        }
        return unsafe form
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = unsafe dqn_curl_set_number(easy, option, value)
    }

    private func set(_ option: CURLoption, _ value: UnsafeRawPointer?) {
        _ = unsafe dqn_curl_set_pointer(easy, option, value)
    }
}

/// A stream of the C library that writes to memory.
@safe private final class Memory {
    // The library writes to both places whenever the stream is flushed.
    private let start = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 1)
    private let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    @unsafe let stream: UnsafeMutablePointer<FILE>

    init() {
        unsafe start.initialize(to: nil)
        unsafe count.initialize(to: 0)
        guard let stream = unsafe open_memstream(start, count) else {
            preconditionFailure("no memory for a stream")
        }
        unsafe self.stream = stream
    }

    deinit {
        _ = unsafe fclose(stream)
        unsafe free(start.pointee)
        unsafe start.deallocate()
        unsafe count.deallocate()
    }

    func bytes() -> [UInt8] {
        _ = unsafe fflush(stream)
        return unsafe Array(UnsafeRawBufferPointer(start: start.pointee, count: count.pointee))
    }
}
