# Links a text file into a program: bt_embed(report report.css bt_report_css) makes the file of
# the current folder a NUL-terminated `const char bt_report_css[]` in the target bt_report.
#
# Run as a script (cmake -P) it does the writing.
if(CMAKE_SCRIPT_MODE_FILE)
    file(READ ${INPUT} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
    get_filename_component(name ${INPUT} NAME)
    file(WRITE ${OUTPUT}
        "// Made from ${name}.\nextern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] = {\n${bytes}0};\n")
    return()
endif()

set(BT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(bt_embed room file symbol)
    set(input ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DSYMBOL=${symbol}
                -P ${BT_EMBED_SCRIPT}
        DEPENDS ${input} ${BT_EMBED_SCRIPT} VERBATIM)
    target_sources(bt_${room} PRIVATE ${output})
endfunction()
