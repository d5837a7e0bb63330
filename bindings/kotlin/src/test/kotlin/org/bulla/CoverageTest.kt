package org.bulla

import java.io.DataInputStream
import java.io.File
import java.lang.reflect.Modifier
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Every exported function and every method of an exported object is called by a test. It reads what the compiler made of both. */
class CoverageTest {
    @Test
    fun `every export is called by a test`() {
        val exports = exports()
        assertTrue(exports.size > 40 && "org.bulla.Timeline.sendText" in exports, "$exports")
        val tests = classFiles(javaClass)
        assertTrue(tests.size > 10)
        assertEquals(emptySet<String>(), exports - tests.flatMap(::calls).toSet(), "not called by any test")
    }

    /** `package.Class.method` of all that the library exports, from the generated code. */
    private fun exports(): Set<String> {
        val suffix = "Interface.class"
        val objects = classFiles(Bulla::class.java).filter { it.name.endsWith(suffix) }.flatMap { file ->
            val name = "org.bulla." + file.name.removeSuffix(suffix)
            Class.forName("${name}Interface").declaredMethods.filterNot { it.isSynthetic }.map { "$name.${plain(it.name)}" } + "$name.<init>"
        }
        // Objects that only the library makes have no constructor for an app.
        val made = objects.filterNot { it.endsWith("<init>") && it != "org.bulla.Bulla.<init>" }
        val functions = Class.forName("org.bulla.BullaKt").declaredMethods.filter {
            Modifier.isPublic(it.modifiers) && !it.isSynthetic && "uniffi" !in it.name.lowercase() && it.name != "use"
        }
        return (made + functions.map { "org.bulla.BullaKt.${plain(it.name)}" }).toSet()
    }

    /** The class files beside the one of [type]. */
    private fun classFiles(type: Class<*>): List<File> {
        val folder = File(type.protectionDomain.codeSource.location.toURI()).resolve("org/bulla")
        return folder.listFiles { file -> file.extension == "class" }!!.toList()
    }

    /** Which methods a class calls: the method references in its constant pool (Java virtual machine specification, 4.4). */
    private fun calls(file: File): List<String> = DataInputStream(file.inputStream().buffered()).use { input ->
        input.skipBytes(8)
        val pool = arrayOfNulls<Any>(input.readUnsignedShort())
        val methods = mutableListOf<Pair<Int, Int>>()
        var at = 1
        while (at < pool.size) {
            when (val tag = input.readUnsignedByte()) {
                1 -> pool[at] = input.readUTF()
                7 -> pool[at] = input.readUnsignedShort()
                10, 11 -> methods += input.readUnsignedShort() to input.readUnsignedShort()
                12 -> pool[at] = input.readUnsignedShort().also { input.skipBytes(2) }
                8, 16, 19, 20 -> input.skipBytes(2)
                3, 4, 9, 17, 18 -> input.skipBytes(4)
                15 -> input.skipBytes(3)
                5, 6 -> input.skipBytes(8).also { at++ }
                else -> error("$file: constant $tag")
            }
            at++
        }
        fun text(index: Int) = pool[pool[index] as Int] as String
        methods.map { (owner, name) -> text(owner).replace('/', '.') + "." + plain(text(name)) }
    }

    /** Without what the compiler adds for unsigned numbers. */
    private fun plain(name: String) = name.substringBefore('-')
}
