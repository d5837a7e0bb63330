use super::*;

fn read(source: &str, language: Language) -> Vec<String> {
    let found = declarations(source, language);
    found.iter().map(|it| format!("{}{}", ">".repeat(it.depth), it.text)).collect()
}

#[test]
fn kotlin() {
    let source = r#"
        package org.bulla

        import java.io.IOException

        /** A stream. */
        public interface StreamInterface {
            /** Next. */
            suspend fun `next`(): List<Change>?

            companion object
        }
        /** A port. */
        public interface Port {
            /** Next. */
            suspend fun `next`(): List<kotlin.Int>?

            companion object
        }
        open class Stream: Disposable,
            StreamInterface
        {
            @Suppress("X")
            /** @suppress */
            constructor(noHandle: NoHandle) { this.handle = 0 }
            constructor(a: Int) :
                this(UniffiWithHandle, call() { b -> c(a, b) })
            private val a = AtomicBoolean(false)
            override fun `destroy`() {}
            /** Ends. */override fun `cancel`()
                =
            callWithHandle { x("}") }
            companion object {
                /** Opens. */
                @Throws(Failure::class)
                fun open(name: String = "a{b"): Int { return 1 }
            }
            val size: Int
                get() = 1
        }
        enum class Missing { /** A. */ ACCOUNT,
            ROOM;
            companion object
        }
        internal object FfiConverterX { fun y() {} }
        public typealias UserId = kotlin.String
    "#;
    let expected = [
        "interface Port",
        ">suspend fun next(): List<Int>?",
        "open class Stream: Disposable, StreamInterface",
        ">constructor(a: Int)",
        ">fun cancel()",
        ">companion object",
        ">>@Throws(Failure::class) fun open(name: String = \"a{b\"): Int",
        ">val size: Int",
        "enum class Missing",
        ">ACCOUNT",
        ">ROOM",
        "typealias UserId = String",
    ];
    assert_eq!(read(source, Language::Kotlin), expected);
}

#[test]
fn swift() {
    let source = r"
        public
        enum Failure: Swift.Error {
            case Offline
            case Wait(
                /** How long. */retryAfter: TimeInterval
            )
            public var text: String { get { 1 } }
            func hidden() {}
        }
        #if compiler(>=6)
        extension Failure: Sendable {}
        #endif
        @_documentation(visibility: private)
        public func FfiConverterTypeX_lift() {}
        public protocol Port: AnyObject {
            func load(name: String) throws  -> Data?
        }
        fileprivate struct Inner { public static func read() {} }
        func internal() {}
    ";
    let expected = [
        "enum Failure: Swift.Error",
        ">case Offline",
        ">case Wait(retryAfter: TimeInterval)",
        ">var text: String",
        "extension Failure: Sendable",
        "protocol Port: AnyObject",
        ">func load(name: String) throws -> Data?",
    ];
    assert_eq!(read(source, Language::Swift), expected);
}
