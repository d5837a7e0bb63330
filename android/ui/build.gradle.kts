// The screens, the bindings they show and the words they say, for Android. The desktop builds the same sources with Maven: pom.xml.
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin)
    alias(libs.plugins.compose)
}

android {
    namespace = "org.bulla.ui"
    compileSdk = libs.versions.sdk.compile.get().toInt()

    defaultConfig {
        minSdk = libs.versions.sdk.min.get().toInt()
    }

    buildFeatures {
        compose = true
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    sourceSets["main"].kotlin.srcDirs(
        "src/main/kotlin",
        "src/generated/kotlin",
        "../../bindings/kotlin/src/main/kotlin",
        "../../bindings/kotlin/src/generated/kotlin",
    )
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    api(libs.coroutines.core)
    api(libs.compose.foundation)
    api(libs.compose.material3)
    api(libs.compose.ui)
    implementation(libs.jna) { artifact { type = "aar" } }
}
