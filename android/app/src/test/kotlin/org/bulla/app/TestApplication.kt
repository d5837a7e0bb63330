package org.bulla.app

import androidx.startup.AppInitializer
import androidx.startup.InitializationProvider
import javax.crypto.KeyGenerator
import kotlinx.coroutines.cancel
import org.robolectric.Robolectric

/**
 * The app as it is, but for one thing: its wrapping key is a key of the JVM, since there is no AndroidKeyStore here. [HardwareKey] is compiled
 * and not run.
 */
class TestApplication : BullaApplication() {
    private val key = KeyGenerator.getInstance("AES").run {
        init(256)
        generateKey()
    }

    override fun wrappingKey() = WrappingKey { key }

    override fun onCreate() {
        // androidx starts once a process, and to a test every application is a process of its own; Robolectric makes no provider by itself.
        AppInitializer::class.java.getDeclaredField("sInstance").apply { isAccessible = true }.set(null, null)
        Robolectric.setupContentProvider(InitializationProvider::class.java, "$packageName.androidx-startup")
        super.onCreate()
    }

    /** Ends what the process does. */
    suspend fun end() {
        process.scope.cancel()
        process.model.close()
    }

    /** The system has ended the process and starts another. */
    suspend fun startAgain() {
        end()
        start()
    }
}
