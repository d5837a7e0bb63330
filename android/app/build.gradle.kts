plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin)
    alias(libs.plugins.compose)
}

android {
    namespace = "org.bulla.app"
    compileSdk = libs.versions.sdk.compile.get().toInt()
    ndkVersion = libs.versions.ndk.get()

    defaultConfig {
        applicationId = "org.bulla.app"
        minSdk = libs.versions.sdk.min.get().toInt()
        targetSdk = libs.versions.sdk.target.get().toInt()
        versionCode = libs.versions.build.get().toInt()
        versionName = libs.versions.bulla.get()
        ndk {
            abiFilters += listOf("arm64-v8a", "x86_64")
        }
    }

    buildFeatures {
        compose = true
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "rules.pro")
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    packaging {
        // Mapped from the APK as they are, which the alignment below is for.
        jniLibs.useLegacyPackaging = false
    }

    sourceSets["main"].jniLibs.srcDir(layout.buildDirectory.dir("rust"))
}

kotlin {
    jvmToolchain(17)
}

// Needs `cargo install cargo-ndk` and `rustup target add aarch64-linux-android x86_64-linux-android`.
val rust = tasks.register<Exec>("rust") {
    group = "bulla"
    description = "Builds libbulla.so for each ABI with cargo-ndk"
    workingDir = rootDir.parentFile
    environment("ANDROID_NDK_HOME", android.ndkDirectory.path)
    // Phones with pages of 16 KB load nothing that is aligned to less.
    environment("RUSTFLAGS", "-C link-arg=-Wl,-z,max-page-size=16384")
    commandLine(
        "cargo", "ndk",
        "--target", "arm64-v8a",
        "--target", "x86_64",
        "--platform", libs.versions.sdk.min.get(),
        "--output-dir", layout.buildDirectory.dir("rust").get().asFile.path,
        "build", "--package", "bulla-ffi", "--lib", "--release",
    )
}

tasks.matching { it.name.startsWith("merge") && it.name.endsWith("JniLibFolders") }.configureEach { dependsOn(rust) }

dependencies {
    implementation(project(":ui"))
    implementation(libs.activity.compose)
    implementation(libs.core)
    implementation(libs.coroutines.android)
    implementation(libs.lifecycle.process)
    implementation(libs.lifecycle.runtime)
}
