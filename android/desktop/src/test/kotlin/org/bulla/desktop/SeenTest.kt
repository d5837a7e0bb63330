package org.bulla.desktop

import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.window.WindowState
import java.nio.file.Path
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.AppLockState
import org.bulla.model.Trust
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.Office
import org.bulla.support.inTime
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.bulla.ui.model.AppModel
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A window that nobody sees. */
class SeenTest {
    @TempDir lateinit var folder: Path

    @Test
    fun aWindowThatIsMinimisedLocksBeforeLong() = story {
        val office = Office(Deployment.homeserver(0), "agent.example").also { atEnd { it.close() } }
        val manifest = office.manifest(1) { putJsonObject("session") { put("lock_after_s", 1) } }
        val scope = CoroutineScope(Dispatchers.Default).also { atEnd { it.cancel() } }
        val bulla = library(newFolder(), MemoryKeyStore(), Trust(listOf(office.key.public), manifest)).also { atEnd { it.close() } }
        val app = AppModel(bulla, scope, SettingsFile(folder.resolve("settings.properties")))
        atEnd { app.close() }
        inTime("the start") { app.start().join() }
        val lock = app.lock()
        inTime("how it stands") { lock.state.first { it.lock != null } }
        lock.setNew("193728")
        lock.setAgain("193728")
        inTime("setting it") { lock.choose().join() }
        val window = WindowState()
        scope.launch { tellTheLock(window, app) }
        assertEquals(AppLockState.Unlocked, inTime("open") { app.state.first { it.lock is AppLockState.Unlocked } }.lock)
        window.isMinimized = true
        // No frame is drawn here that would tell of it.
        Snapshot.sendApplyNotifications()
        inTime("locked") { app.state.first { it.lockedOut } }
    }
}
