package org.bulla.app

import androidx.startup.AppInitializer
import androidx.startup.InitializationProvider
import javax.crypto.KeyGenerator
import kotlinx.coroutines.cancel
import org.robolectric.Robolectric

/**
 * The app as it is, but for what a JVM has not: there is no AndroidKeyStore, so that its keys are the JVM's, and no sensor, so that a test
 * says whose finger it is. [HardwareKey], [HardwareOwnerKey] and [BiometricQuestion] are compiled and not run.
 */
class TestApplication : BullaApplication() {
    private val key = KeyGenerator.getInstance("AES").run {
        init(256)
        generateKey()
    }

    /** Whose finger lies on the sensor: the owner's or a stranger's. */
    @Volatile var ownersFinger = true

    override fun wrappingKey() = WrappingKey { key }

    override fun ownerCheck() = BiometricOwner(noBackupFilesDir.resolve("owner.key"), JvmOwnerKey(), { cipher -> cipher.takeIf { ownersFinger } }, { true })

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
