// swift-tools-version:6.0
import PackageDescription

// `cargo xtask` says where the native library is.
let library = Context.environment["BULLA_LIBRARY_FOLDER"] ?? "\(Context.packageDirectory)/../../target/debug"
let link: [LinkerSetting] = [.unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library])]

let package = Package(
    name: "Bulla",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [
        .library(name: "Bulla", targets: ["Bulla"]),
        .executable(name: "bulla-agent", targets: ["BullaAgent"]),
    ],
    targets: [
        // One for each Rust crate that exports: a generated header and the map that names it.
        .systemLibrary(name: "BullaFFI"),
        .systemLibrary(name: "BullaModelFFI"),
        // Generated code, which does not compile in Swift 6 mode yet, and the streams on top of it.
        .target(name: "Bulla", dependencies: ["BullaFFI", "BullaModelFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        // One side of `cargo xtask demo`.
        .executableTarget(name: "BullaAgent", dependencies: ["Bulla"], linkerSettings: link),
        .testTarget(name: "BullaTests", dependencies: ["Bulla"], linkerSettings: link),
    ]
)
