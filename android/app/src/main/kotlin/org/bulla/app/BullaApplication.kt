package org.bulla.app

import android.app.Application
import android.os.Build
import org.bulla.ui.model.OwnerCheck
import org.bulla.ui.theme.wordsOf

/** The app as the system knows it; what it does is in [AppProcess]. */
open class BullaApplication : Application() {
    lateinit var process: AppProcess
        private set

    override fun onCreate() {
        super.onCreate()
        Channels.make(this)
        start()
    }

    protected fun start() {
        process = AppProcess(this, wrappingKey(), ownerCheck())
    }

    /** What wraps the library's keys. */
    protected open fun wrappingKey(): WrappingKey = HardwareKey("bulla.keys")

    /** How the phone knows its owner beside the PIN: from Android 11 on, which tells how good a sensor is. */
    protected open fun ownerCheck(): OwnerCheck? {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return null
        val question = BiometricQuestion(this) { wordsOf(Preferences(this).load().language) }
        return BiometricOwner(noBackupFilesDir.resolve("owner.key"), HardwareOwnerKey("bulla.owner"), question, this::knowsItsOwner)
    }
}
