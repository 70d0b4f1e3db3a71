package dev.terrane.sim.mutants;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/** Which instruction of a method is changed, and into what. Owners are binary class names. */
sealed interface Edit {
  /** Whether this is the instruction meant. */
  boolean matches(CodeElement element);

  /** Writes what stands in its place. */
  void write(CodeBuilder code, CodeElement element);

  /** The call is not made: its arguments are dropped, and {@code result} takes its place. */
  record CallReplaced(String owner, String name, Result result) implements Edit {
    @Override
    public boolean matches(CodeElement element) {
      return element instanceof InvokeInstruction call && isCall(call, owner, name);
    }

    @Override
    public void write(CodeBuilder code, CodeElement element) {
      InvokeInstruction call = (InvokeInstruction) element;
      List<ClassDesc> parameters = call.typeSymbol().parameterList();
      for (int i = parameters.size() - 1; i >= 0; i--) {
        pop(code, TypeKind.from(parameters.get(i)));
      }
      if (call.opcode() != Opcode.INVOKESTATIC) {
        code.pop();
      }
      result.push(code);
    }
  }

  /** Of two {@code long} arguments of a static call one is the result, unseen by the call. */
  record ArgumentKept(String owner, String name, boolean first) implements Edit {
    @Override
    public boolean matches(CodeElement element) {
      return element instanceof InvokeInstruction call && isCall(call, owner, name);
    }

    @Override
    public void write(CodeBuilder code, CodeElement element) {
      if (!first) {
        code.dup2_x2().pop2();
      }
      code.pop2();
    }
  }

  /** Another method of the same class and shape is called. */
  record CallRedirected(String owner, String name, String other) implements Edit {
    @Override
    public boolean matches(CodeElement element) {
      return element instanceof InvokeInstruction call && isCall(call, owner, name);
    }

    @Override
    public void write(CodeBuilder code, CodeElement element) {
      InvokeInstruction call = (InvokeInstruction) element;
      code.invoke(
          call.opcode(), call.owner().asSymbol(), other, call.typeSymbol(), call.isInterface());
    }
  }

  /** An instance's field is not read: {@code result} takes its place. */
  record FieldReplaced(String owner, String name, Result result) implements Edit {
    @Override
    public boolean matches(CodeElement element) {
      return element instanceof FieldInstruction field
          && field.opcode() == Opcode.GETFIELD
          && isMember(field.owner().asSymbol(), field.name().stringValue(), owner, name);
    }

    @Override
    public void write(CodeBuilder code, CodeElement element) {
      code.pop();
      result.push(code);
    }
  }

  /** Another constant of the same class is read. */
  record ConstantRedirected(String owner, String name, String other) implements Edit {
    @Override
    public boolean matches(CodeElement element) {
      return element instanceof FieldInstruction field
          && field.opcode() == Opcode.GETSTATIC
          && isMember(field.owner().asSymbol(), field.name().stringValue(), owner, name);
    }

    @Override
    public void write(CodeBuilder code, CodeElement element) {
      FieldInstruction field = (FieldInstruction) element;
      code.getstatic(field.owner().asSymbol(), other, field.typeSymbol());
    }
  }

  /** A reference to a method without arguments does nothing instead. */
  record ReferenceSilenced(String owner, String name) implements Edit {
    private static final DirectMethodHandleDesc HARMLESS =
        MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.VIRTUAL,
            ConstantDescs.CD_Object,
            "hashCode",
            MethodTypeDesc.of(ConstantDescs.CD_int));

    @Override
    public boolean matches(CodeElement element) {
      return element instanceof InvokeDynamicInstruction made
          && made.bootstrapArgs().stream().anyMatch(this::isMeant);
    }

    private boolean isMeant(ConstantDesc argument) {
      return argument instanceof DirectMethodHandleDesc handle
          && isMember(handle.owner(), handle.methodName(), owner, name);
    }

    @Override
    public void write(CodeBuilder code, CodeElement element) {
      InvokeDynamicInstruction made = (InvokeDynamicInstruction) element;
      code.invokedynamic(
          DynamicCallSiteDesc.of(
              made.bootstrapMethod(),
              made.name().stringValue(),
              made.typeSymbol(),
              made.bootstrapArgs().stream()
                  .map(argument -> isMeant(argument) ? HARMLESS : argument)
                  .toArray(ConstantDesc[]::new)));
    }
  }

  /** What is there instead of a call's result or a field's value. */
  sealed interface Result {
    void push(CodeBuilder code);

    /** For calls that answer nothing. */
    record Nothing() implements Result {
      @Override
      public void push(CodeBuilder code) {}
    }

    record Truth(boolean value) implements Result {
      @Override
      public void push(CodeBuilder code) {
        code.loadConstant(value ? 1 : 0);
      }
    }

    record Amount(long value) implements Result {
      @Override
      public void push(CodeBuilder code) {
        code.loadConstant(value);
      }
    }

    record Null() implements Result {
      @Override
      public void push(CodeBuilder code) {
        code.aconst_null();
      }
    }

    /** The method's own {@code long} parameter in local variable {@code slot}. */
    record Parameter(int slot) implements Result {
      @Override
      public void push(CodeBuilder code) {
        code.lload(slot);
      }
    }
  }

  private static boolean isCall(InvokeInstruction call, String owner, String name) {
    return isMember(call.owner().asSymbol(), call.name().stringValue(), owner, name);
  }

  private static boolean isMember(
      ClassDesc actualOwner, String actualName, String owner, String name) {
    return actualName.equals(name) && actualOwner.equals(ClassDesc.of(owner));
  }

  private static void pop(CodeBuilder code, TypeKind kind) {
    if (kind.slotSize() == 2) {
      code.pop2();
    } else {
      code.pop();
    }
  }
}
