// swift-tools-version:6.0
import PackageDescription

// `cargo xtask` says where the native library is. On a Mac the app links the XCFramework instead: see README.md.
let library = Context.environment["BULLA_LIBRARY_FOLDER"] ?? "\(Context.packageDirectory)/../target/debug"
let link: [LinkerSetting] = [.unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library])]

let package = Package(
    name: "BullaApp",
    platforms: [.macOS(.v14), .iOS(.v17)],
    products: [
        .library(name: "BullaModels", targets: ["BullaModels"]),
        .library(name: "BullaViews", targets: ["BullaViews"]),
    ],
    dependencies: [.package(path: "../bindings/swift")],
    targets: [
        // What the screens hold: plain Swift, tested on Linux.
        .target(name: "BullaModels", dependencies: [.product(name: "Bulla", package: "swift")]),
        // What the screens look like: empty but on iOS.
        .target(name: "BullaViews", dependencies: ["BullaModels"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .testTarget(
            name: "BullaModelsTests",
            dependencies: ["BullaModels", .product(name: "Bulla", package: "swift")],
            linkerSettings: link
        ),
    ],
    swiftLanguageModes: [.v6]
)
