package org.bulla.bench

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.name
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import org.bulla.Bulla
import org.bulla.model.AccountId
import org.bulla.model.Config
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.Settings
import org.bulla.ui.model.SettingsStore

/** A copy of a filled account, for a bench to use up. Its server cannot be reached. */
internal class Account(fixtures: Path, name: String) : AutoCloseable {
    private val folder = Files.createTempDirectory("bulla-bench")
    private val keys: FixtureKeys

    val id: AccountId

    init {
        fixtures.resolve(name).resolve("ours").toFile().copyRecursively(folder.toFile(), overwrite = true)
        keys = FixtureKeys(folder)
        id = Files.list(folder.resolve("accounts")).use { it.findFirst().get().name }
    }

    /** The library as a new start of the app has it. */
    fun library() = Bulla(Config(folder.resolve("accounts").toString(), "Bulla bench"), keys)

    override fun close() {
        folder.toFile().deleteRecursively()
    }
}

/** The app over a library, without a screen. */
internal class App(val library: Bulla) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    val model = AppModel(library, scope, NoSettings)

    suspend fun started(): App {
        model.start()
        model.state.first { it.started }
        return this
    }

    suspend fun close() {
        model.close()
        library.close()
        scope.cancel()
    }

    private object NoSettings : SettingsStore {
        override fun load() = Settings()

        override fun save(settings: Settings) {}
    }
}
