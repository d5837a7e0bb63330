package org.bulla.app

import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PublicKey
import javax.crypto.Cipher

/** A pair of the JVM in the place of the Keystore's: it answers to anybody. */
class JvmOwnerKey : OwnerKey {
    private var pair: KeyPair? = null

    override fun make(): PublicKey = KeyPairGenerator.getInstance("RSA").run {
        initialize(2048)
        generateKeyPair()
    }.also { pair = it }.public

    override fun cipher(): Cipher? = pair?.let { pair ->
        Cipher.getInstance(BiometricOwner.CIPHER).apply { init(Cipher.DECRYPT_MODE, pair.private, BiometricOwner.PADDING) }
    }

    override fun forget() {
        pair = null
    }
}
