plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin) apply false
    alias(libs.plugins.compose) apply false
}

// Generated code is never committed: the bindings and the words come from the Rust workspace.
val generated = tasks.register<Exec>("generated") {
    group = "bulla"
    description = "Generates the Kotlin of the bindings and of the words"
    workingDir = rootDir.parentFile
    commandLine("sh", "-c", "cargo xtask bindings && cargo xtask strings")
}

subprojects {
    tasks.matching { it.name == "preBuild" }.configureEach { dependsOn(generated) }
}
